"""What follows? Pure: events and the playbook in, actions out."""
