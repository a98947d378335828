# Generated from spec/constants.json and schemas/lock-payload-writer.schema.json; do not edit.
