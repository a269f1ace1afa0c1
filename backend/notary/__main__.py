"""``python -m backend.notary``: the process that holds the log's key and nothing else."""

import logging
import sys

import django


def main() -> int:
    """Run until SIGTERM or SIGINT. 0 after a clean stop, 1 when the log is damaged or the key can't be used."""
    django.setup()
    # What needs loaded applications comes after them.
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    from backend.audit.errors import LogDamaged
    from backend.audit.log import origin_of
    from backend.audit.sequencer import Sequencer
    from backend.notary.running import Notary
    from backend.notary.stopping import Stopping
    from backend.vault.notary import log_signer
    from crypto.errors import CryptoError

    logger = logging.getLogger("backend.notary")
    try:
        signer = log_signer(settings.COMITY)
        sequencer = Sequencer(origin=origin_of(settings.COMITY.node), signer=signer)
        with Stopping() as stopping:
            Notary(sequencer, stopping).run()
    except (CryptoError, ImproperlyConfigured, LogDamaged) as error:
        logger.critical("%s", str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
