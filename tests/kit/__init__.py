"""What the tests of several packages share: stories, books, repositories, commands, sites and a browser."""
