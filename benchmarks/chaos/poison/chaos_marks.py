"""The marks of documents that kill. The environment cannot tell them: children see little of it."""

READERS = b"%octavo-chaos-kills-readers"
WORKERS = b"%octavo-chaos-kills-workers"
