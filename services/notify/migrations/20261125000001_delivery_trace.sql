-- A mail is sent by whoever finds it due: it carries the trace in which it was asked for (W3C trace context).
ALTER TABLE delivery ADD COLUMN trace jsonb NOT NULL DEFAULT '{}';
