-- Whether the address of the account is still to be confirmed. The release before lets those in as if it were.
ALTER TABLE account ADD COLUMN unconfirmed boolean NOT NULL DEFAULT false;
