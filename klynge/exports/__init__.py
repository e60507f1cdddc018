"""The ways in which tables and answers leave a release: files, a lake and a database server."""
