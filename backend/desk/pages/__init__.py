"""The desk's pages on incidents, quarantine, directory and log; those on referrals and letters are the referral's."""
