"""Tables, engine, migrations. No rules."""
