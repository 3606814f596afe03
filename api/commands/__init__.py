"""The `octavo` command, a module a group of subcommands; `api.__main__` puts them together."""
