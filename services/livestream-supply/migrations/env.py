from livestream_supply.service import SERVICE
from service_chassis import migrations

migrations.run(SERVICE)
