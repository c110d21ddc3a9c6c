export default async function closeDoor() {
  await globalThis.obstackLab?.close();
}
