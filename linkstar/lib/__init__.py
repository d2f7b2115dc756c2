"""Small pure helpers, one file per noun. They import nothing of ours, and nothing of Django."""
