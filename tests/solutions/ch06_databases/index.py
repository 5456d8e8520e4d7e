statement = "CREATE INDEX by_species_and_time ON sightings (species, seen_at)"
