"""The main job on a sample tracker, with a mail catcher of its own: seen in a minute, no settings, no network."""
