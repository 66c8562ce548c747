"""File formats: reading and writing of document lines, CSV, feeds, calendars and the data package."""
