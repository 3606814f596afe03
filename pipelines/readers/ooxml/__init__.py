"""What Word, PowerPoint and Excel files have in common: the container, charts, equations."""
