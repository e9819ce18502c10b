"""Counts primes with a sieve: ./sandbox run examples/primes.py -- 5000000"""

import sys
from time import perf_counter

limit = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
begin = perf_counter()
sieve = bytearray([1]) * (limit + 1)
sieve[:2] = b"\0\0"[: len(sieve)]
for n in range(2, int(limit**0.5) + 1):
    if sieve[n]:
        sieve[n * n :: n] = bytes(len(range(n * n, limit + 1, n)))
print(f"{sum(sieve)} primes up to {limit}, in {perf_counter() - begin:.3f} s")
