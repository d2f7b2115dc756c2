"""What a clone needs around the product: embedded servers, supervisor, set-up, checks, the component sheet."""
