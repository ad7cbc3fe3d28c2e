const http = require('http');

http
  .createServer((_, response) => response.end(`${{ values.name }} says hello\n`))
  .listen(process.env.PORT || 8080);
