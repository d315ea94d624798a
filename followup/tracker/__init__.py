"""What does the sheet say? Bytes in; applications, doubts and problems out. `source` alone touches the disk."""
