"""The fact records, read-only: topics with their titles, the ten initiatives, the answers and their sources."""
