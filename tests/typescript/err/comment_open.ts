type A = 1 /* abc
