enum E { A = 1 << 2 }
