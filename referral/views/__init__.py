"""The pages of referrals and letters. Each view parses, asks access, calls one service or selector, and answers."""
