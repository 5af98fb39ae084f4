// Photos: made smaller on the device, so that they fit the line and carry no camera data.

const LONGEST_PX = 2560;
const THUMB_PX = 240;
const QUALITY = 0.8;
const JPEG = "image/jpeg";
const MOST_BYTES = 25 * 2 ** 20;

/** What cannot be taken: kind is too_large or unreadable. */
export class PhotoRefused extends Error {
  constructor(kind, name) {
    super(kind);
    Object.assign(this, { kind, name });
  }
}

/** A camera's file as {bytes, media_type}: JPEG of at most 2560 px; what the browser cannot draw stays as it is. */
export async function shrink(file) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
  if (!image && !file.type.startsWith("image/")) throw new PhotoRefused("unreadable", file.name);
  const blob = image ? await draw(image, LONGEST_PX) : file;
  image?.close();
  if (blob.size > MOST_BYTES) throw new PhotoRefused("too_large", file.name);
  return { bytes: new Uint8Array(await blob.arrayBuffer()), media_type: image ? JPEG : file.type };
}

/** The address of a small picture of it, to be released by URL.revokeObjectURL; empty where it cannot be drawn. */
export async function thumbnail({ bytes, media_type }) {
  const image = await createImageBitmap(new Blob([bytes], { type: media_type })).catch(() => null);
  return image ? URL.createObjectURL(await draw(image, THUMB_PX)) : "";
}

function draw(image, longest_px) {
  const scale = Math.min(1, longest_px / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new PhotoRefused("unreadable"))), JPEG, QUALITY));
}
