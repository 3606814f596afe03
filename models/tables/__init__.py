"""Table structure: the picture of one table to its grid."""
