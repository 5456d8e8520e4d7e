# expect: a SCAN reads every row there is
statement = "CREATE INDEX by_time_and_species ON sightings (seen_at, species)"
