"""Parts of HTTP that no library gives: digest, ranges."""
