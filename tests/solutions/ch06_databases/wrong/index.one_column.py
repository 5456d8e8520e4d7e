# expect: sorted by hand
statement = "CREATE INDEX by_species ON sightings (species)"
