db_password = "example"
