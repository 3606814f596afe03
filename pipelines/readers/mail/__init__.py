"""Mail: messages of all kinds of programs, archives of them, and web pages saved as mail."""
