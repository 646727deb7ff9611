enum E { A = "a", B }
