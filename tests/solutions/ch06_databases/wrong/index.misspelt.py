# expect: Expected it to make an index
statement = "CREATE INDEX by_species ON sighting (species, seen_at)"
