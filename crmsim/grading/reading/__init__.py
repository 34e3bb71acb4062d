"""Reading what was handed in: archives, notebooks, records. Everything here is untrusted."""
