"""The first program: shows that it runs, and how little of the host it sees."""

import os
import platform

print(f"Hello from Python {platform.python_version()} in a sandbox.")
print(f"I am process {os.getpid()}, user {os.getuid()}, in {os.getcwd()}, with {len(os.environ)} environment variables.")
