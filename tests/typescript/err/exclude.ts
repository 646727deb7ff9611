type A = Exclude<"a" | "b", "a">
