console.error("no such library");
process.exit(3);
