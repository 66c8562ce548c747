"""Files and formats: book files in and out, CSV, feeds, calendars and the data package."""
