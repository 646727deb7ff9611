type A = string & { brand: "a" }
