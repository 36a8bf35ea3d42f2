// Makes pictures of JPEGs with sharp, on one thread and without its cache, as the benchmark tells it.
//
// The files are named on the command line and read at once. The first line that is written names the engine. For each
// line that is read, `resize` or `crop`, all files are made once, and a line tells the CPU milliseconds of one of them
// (of the whole process, by getrusage), the mean bytes of a result, and its width and height.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import sharp from 'sharp';

const QUALITY = 80;
sharp.concurrency(1);
sharp.cache(false);
const files = process.argv.slice(2).map((path) => readFileSync(path));

const works = {
  resize: (picture) => picture.resize(800),
  crop: async (picture) => {
    const { width, height } = await picture.metadata();
    const [left, top] = [Math.floor(width / 4), Math.floor((height * 45) / 100)];
    return picture.extract({ left, top, width: Math.floor(width / 2), height: Math.floor(height / 10) });
  },
};

async function made(work, data) {
  const picture = await works[work](sharp(data).autoOrient());
  const { info } = await picture
    .jpeg({ quality: QUALITY, chromaSubsampling: '4:2:0' })
    .toBuffer({ resolveWithObject: true });
  return info;
}

console.log(`sharp ${sharp.versions.sharp}`);
for await (const line of createInterface({ input: process.stdin })) {
  const start = process.cpuUsage();
  let bytes = 0;
  let info;
  for (const data of files) {
    info = await made(line.trim(), data);
    bytes += info.size;
  }
  const { user, system } = process.cpuUsage(start);
  const milliseconds = (user + system) / 1000 / files.length;
  console.log(`${milliseconds} ${Math.floor(bytes / files.length)} ${info.width} ${info.height}`);
}
