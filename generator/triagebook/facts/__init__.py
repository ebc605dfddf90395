"""Every derived number and state: pure functions of the book, the state of the source code and a day."""
