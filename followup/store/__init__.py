"""The only place with SQL: a file of queries and a module of functions for each noun."""
