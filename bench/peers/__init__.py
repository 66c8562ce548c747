"""What the project is measured against. Each runs in a virtual environment of its own, `bench/requirements.txt`."""
