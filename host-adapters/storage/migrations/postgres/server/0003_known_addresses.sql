-- From which networks users have logged in: those of an owner are not shut out by the attempts of strangers.
CREATE TABLE known_addresses (
    user_id TEXT   COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- An IPv4 address, or the first address of an IPv6 network of 64 bits.
    network TEXT   COLLATE "C" NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, network)
);

CREATE INDEX known_addresses_by_time ON known_addresses (seen_at);
