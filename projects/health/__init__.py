"""Whether a project is looked after: what is asked of it in a quarter of an hour, from what the tasks say."""
