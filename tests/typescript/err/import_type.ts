type A = import("./b").B
