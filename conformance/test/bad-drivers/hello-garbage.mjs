console.log("Welcome to the driver!");
process.stdin.resume();
