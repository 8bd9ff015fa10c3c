export type VirtualDisplay = {
  /** For the environment: ":3". */
  readonly display: string;
  readonly stop: () => void;
};

/** Starts Xvfb on a free number. With a folder, its picture is the file `Xvfb_screen0` there, in the format of xwd. */
export function startDisplay(options?: {
  readonly width?: number;
  readonly height?: number;
  readonly framebufferFolder?: string;
}): Promise<VirtualDisplay>;
