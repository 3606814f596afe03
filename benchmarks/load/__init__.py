"""The running service under load: thousands of jobs that wait, thousands of pages, hundreds of streams."""
