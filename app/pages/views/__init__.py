"""Route handlers of the pages: one module with one router for each kind of page."""
