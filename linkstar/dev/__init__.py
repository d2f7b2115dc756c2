"""What runs LinkStar on a developer's machine: embedded servers, supervisor, set-up. Production imports none of it."""
