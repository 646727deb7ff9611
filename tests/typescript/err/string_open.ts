type A = "abc
