"""Programs that measure this machine; they print, and assert nothing but exactness."""
